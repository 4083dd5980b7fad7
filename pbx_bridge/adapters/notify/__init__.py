"""Telling people who are not on the phone."""
