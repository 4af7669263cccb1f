"""What keeps an archive: what it holds, whether it is whole, articles taken out or handed on, copies and back."""
