"""Mail: by SMTP, or into a folder where nothing leaves the machine."""
