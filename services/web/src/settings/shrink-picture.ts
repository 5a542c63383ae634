import { limits } from '../ui/limits.ts';

const widths = [960, 640, 480, 320];
const quality = 0.7;

/**
 * Makes a picture small enough for a profile.
 * @returns a `data:` URL, or undefined if even a small version is too large
 * @throws for a file that is not a picture
 */
export async function shrinkPicture(file: Blob): Promise<string | undefined> {
  const picture = await createImageBitmap(file);
  const canvas = document.createElement('canvas');
  for (const width of widths) {
    const scale = Math.min(1, width / picture.width);
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const url = canvas.toDataURL('image/jpeg', quality);
    if (url.length <= limits.picture.maxLength) return url;
  }
  return undefined;
}
