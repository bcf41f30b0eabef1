"""One module for each migration. A migration that was released is never changed."""
