/** Posts a body and tells the share of it that was sent, 0 to 1; fetch cannot tell. @throws TypeError when there is no answer */
export type Upload = (url: URL, body: string, headers: Readonly<Record<string, string>>, onSent: (share: number) => void) => Promise<Response>;

export const upload: Upload = (url, body, headers, onSent) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => total > 0 && onSent(loaded / total);
    request.onload = () => resolve(new Response(request.responseText, { status: request.status, statusText: request.statusText }));
    request.onerror = request.ontimeout = request.onabort = () => reject(new TypeError("no answer"));
    request.send(body);
  });
