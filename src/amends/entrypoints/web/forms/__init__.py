"""Forms made from the command structs: what is asked, how it is shown, and how it is read back."""
