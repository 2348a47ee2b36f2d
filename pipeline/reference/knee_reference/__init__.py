"""A batch of pictures and clips by Pillow and the ffmpeg program, one after another or by a pool of processes."""
