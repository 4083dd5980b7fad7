"""Pure decisions: nothing in here can wait, log, read a clock or touch a disk."""
