"""Every read of the application: frozen rows for pages, entities only for actions."""
