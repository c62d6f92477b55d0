"""Questions to a case or a run: what a plan made by people costs and does."""
