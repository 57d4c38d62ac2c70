export const sketch = {
};
