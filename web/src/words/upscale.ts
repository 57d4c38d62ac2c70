export const upscale = {
};
