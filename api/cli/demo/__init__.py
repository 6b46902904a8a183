"""`ibasho demo`: all of Ibasho on one machine, with a week of an invented service in it."""
