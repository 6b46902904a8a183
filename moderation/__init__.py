"""The product: messages to verdicts, cases to decisions, buckets to trends."""
