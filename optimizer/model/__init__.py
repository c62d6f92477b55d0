"""The mixed-integer model in PuLP: variables, one function per requirement, costs, objective."""
