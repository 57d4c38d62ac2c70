"""Jobs: requests that wait, run and are finished, whatever happens to the machine meanwhile."""
