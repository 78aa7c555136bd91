"""What we use of AWS: the environment, logs and metrics, queues, the bus, and how long to wait."""
