"""What the notebooks and `tokpidjin bench` show: measurements, tables, pictures. No engine lives here."""
