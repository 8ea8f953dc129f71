"""What people see: Flask and WTForms live only here. One module for each noun, with its blueprint, forms and views."""
