"""The rule engine's store: rule sets, who activated them, what each rule hit, cost and undid."""
