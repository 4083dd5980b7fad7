"""Sans-I/O codecs: bytes to typed values and back."""
