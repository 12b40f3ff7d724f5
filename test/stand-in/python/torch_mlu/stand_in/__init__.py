"""What is this stand-in's own and no name of the vendor's: the device, its tensors, its integers, its offline model."""
