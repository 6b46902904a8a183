"""The viewers' store: reports, inquiries, notices, who sent them, and what they were answered."""
