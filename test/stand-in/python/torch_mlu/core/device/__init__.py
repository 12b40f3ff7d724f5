"""Where the vendor's later releases keep what belongs to the queue."""
