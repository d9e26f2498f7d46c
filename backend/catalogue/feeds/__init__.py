"""Product feeds in the formats shops have, read as a stream of products and reasons."""

from backend.catalogue.feeds.reader import read_feed
from backend.catalogue.feeds.types import Accepted, FeedError, FeedFormat, FeedOptions, OnBytes, Rejected

__all__ = ["Accepted", "FeedError", "FeedFormat", "FeedOptions", "OnBytes", "Rejected", "read_feed"]
