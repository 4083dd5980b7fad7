"""AMI: we ask Asterisk to ring a mobile."""
