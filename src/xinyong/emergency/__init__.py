"""Emergency: when and where it was, and what it did to authorities and to relief."""
