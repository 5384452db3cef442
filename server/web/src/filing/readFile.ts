/** A file that the browser cannot read, such as a folder or one that was moved away. */
export class UnreadableFile extends Error {}

/** A file in base64. @param onRead hears the share that was read, 0 to 1 */
export function inBase64(file: Blob, onRead: (share: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onprogress = ({ loaded, total }) => total > 0 && onRead(loaded / total);
    reader.onerror = () => reject(new UnreadableFile());
    reader.onload = () => resolve(afterComma(String(reader.result)));
    reader.readAsDataURL(file);
  });
}

const small = 1 << 20;
const begins = 1 << 18;

/** What tells how a file is read: all of a small one or a packed one, whole lines from the beginning of a large text. */
export async function sampleOf(file: Blob): Promise<Blob> {
  if (file.size <= small) return file;
  const bytes = new Uint8Array(await file.slice(0, begins).arrayBuffer());
  const end = bytes.lastIndexOf(10) + 1;
  return bytes.includes(0) || end === 0 ? file : file.slice(0, end);
}

function afterComma(dataURL: string): string {
  return dataURL.slice(dataURL.indexOf(",") + 1);
}
