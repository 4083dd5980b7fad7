"""FastAGI: Asterisk asks us what to do with a channel."""
