export const prompt = {
};
