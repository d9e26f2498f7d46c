"""What a shopper's acts say about their taste: a pure fold over weighted, decaying product vectors."""
