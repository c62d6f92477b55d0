"""Solvers behind one interface, the proof, and the certificate that says how good a plan is."""
