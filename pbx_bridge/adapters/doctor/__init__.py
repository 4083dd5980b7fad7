"""What `pbx-bridge doctor` sees on the disk: folders, models, Asterisk's own files."""
