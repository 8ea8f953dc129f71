"""Every write of the application: one public function is one use case, one transaction, one audit entry."""
