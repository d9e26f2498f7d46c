"""Recommendations: what to show a shopper who hasn't asked, and why."""
