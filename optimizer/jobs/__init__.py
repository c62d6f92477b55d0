"""Jobs side by side: processes of this machine or of a cluster, and what becomes of each job."""
