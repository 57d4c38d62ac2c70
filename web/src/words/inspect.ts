export const inspect = {
  noPicture: "This file is no picture. Choose a PNG, JPEG or WebP.",
};
