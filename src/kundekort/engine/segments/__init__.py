"""The rules that say which customers are meant, as a value with a JSON form."""
