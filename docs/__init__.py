"""What the pages here say of the code, and the command that writes their tables."""
