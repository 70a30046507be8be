/*
 * Files of every type that residents may send, small, made here or kept as base64. The
 * pictures say where (59.3293, 18.0686) and with what camera they were taken, so that a
 * test can see whether that is gone afterwards.
 */
import zlib from 'node:zlib';

/* 64 x 64, one colour; position and camera in Exif. */
export const jpeg = Buffer.from(''
  + '/9j/4QEARXhpZgAATU0AKgAAAAgABwEPAAIAAAANAAAAYgEaAAUAAAABAAAAcAEbAAUAAAABAAAAeAEo'
  + 'AAMAAAABAAIAAAE7AAIAAAAFAAAAgAITAAMAAAABAAEAAIglAAQAAAABAAAAhgAAAABIZW1saWdrYW1l'
  + 'cmEAAAAAAEgAAAABAAAASAAAAAFBbm5hAAAABQAAAAEAAAAEAgMAAAABAAIAAAACTgAAAAACAAUAAAAD'
  + 'AAAAyAADAAIAAAACRQAAAAAEAAUAAAADAAAA4AAAAAAAAAA7AAAAAQAAABMAAAABAAAEcQAAABkAAAAS'
  + 'AAAAAQAAAAQAAAABAAAArgAAABn/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdA'
  + 'SFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2Nj'
  + 'Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCABAAEADASIAAhEBAxEB/8QA'
  + 'HwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIh'
  + 'MUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW'
  + 'V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXG'
  + 'x8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQF'
  + 'BgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAV'
  + 'YnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOE'
  + 'hYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq'
  + '8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD0CiiigAooooAKKKKACiiigAooooAKKKKACiiigAooooAKKKKA'
  + 'CiiigAooooAKKKKACiiigAooooAKKKKACiiigD//2Q==', 'base64');

/* The same as HEIC (HEVC), Exif as an item of its own. */
export const heic = Buffer.from(''
  + 'AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAYNtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0'
  + 'AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAABAAAANGlsb2MAAAAAREAAAgABAAAAAAKXAAEAAAAAAAAA'
  + 'EgACAAAAAAAAAAEAAAGnAAAA8AAAADhpaW5mAAAAAAACAAAAFWluZmUCAAAAAAEAAGh2YzEAAAAAFWlu'
  + 'ZmUCAAABAAIAAEV4aWYAAAAAGmlyZWYAAAAAAAAADmNkc2MAAgABAAEAAADCaXBycAAAAKRpcGNvAAAA'
  + 'eGh2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAeugJAIQAB'
  + 'ACtCAQEDcAAAAwCQAAADAAADAB6gIIEFlupJKa5uBAQMCAAAAwAIAAADAAhAIgABAAdEAcFysCJAAAAA'
  + 'FGlzcGUAAAAAAAAAQAAAAEAAAAAQcGl4aQAAAAADCAgIAAAAFmlwbWEAAAAAAAAAAQABA4ECgwAAAQpt'
  + 'ZGF0AAAABkV4aWYAAE1NACoAAAAIAAYBDwACAAAADQAAAFYBGgAFAAAAAQAAAGQBGwAFAAAAAQAAAGwB'
  + 'KAADAAAAAQACAAACEwADAAAAAQABAACIJQAEAAAAAQAAAHQAAAAASGVtbGlna2FtZXJhAAAAAABIAAAA'
  + 'AQAAAEgAAAABAAUAAAABAAAABAIDAAAAAQACAAAAAk4AAAAAAgAFAAAAAwAAALYAAwACAAAAAkUAAAAA'
  + 'BAAFAAAAAwAAAM4AAAAAAAAAOwAAAAEAAAATAAAAAQAABHEAAAAZAAAAEgAAAAEAAAAEAAAAAQAAAK4A'
  + 'AAAZAAAADigBrwtg+lIoz/5XxHew', 'base64');

/* The VP8 chunk of a picture of the same size. */
const webpBare = Buffer.from(''
  + 'VlA4IC4AAACQAwCdASpAAEAAPxGIv1ksKSajoggBgCIJaQAAEDdTUAV4hbkAAP7wC05oAAAA', 'base64');

function u32(n) {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(n);
  return b;
}

function pngChunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  return Buffer.concat([u32(data.length), body, u32(crc32(body))]);
}

export function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/* A grey PNG of any size, with a comment that names a person. */
export function png(width = 16, height = 16) {
  const head = Buffer.concat([u32(width), u32(height), Buffer.from([8, 0, 0, 0, 0])]);
  const rows = Buffer.alloc(height * (width + 1), 0x40);
  for (let y = 0; y < height; y++) rows[y * (width + 1)] = 0;
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), pngChunk('IHDR', head),
    pngChunk('tEXt', Buffer.from('Author\0Hemligkamera')),
    pngChunk('eXIf', exif()), pngChunk('IDAT', zlib.deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0))]);
}

/* The TIFF block inside the JPEG's Exif segment. */
function exif() {
  const at = jpeg.indexOf('Exif\0\0');
  return jpeg.subarray(at + 6, at - 2 + jpeg.readUInt16BE(at - 2));
}

function riffChunk(type, data) {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(type), size, data, Buffer.alloc(data.length % 2)]);
}

/* The extended WebP form, as cameras write it: VP8X says that EXIF follows. */
function webpWithExif() {
  const vp8x = Buffer.from([0x08, 0, 0, 0, 63, 0, 0, 63, 0, 0]);
  const body = Buffer.concat([Buffer.from('WEBP'), riffChunk('VP8X', vp8x),
    webpBare, riffChunk('EXIF', exif())]);
  return riffChunk('RIFF', body);
}

export const webp = webpWithExif();

export const pdf = Buffer.from(`%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
xref
0 4
0000000000 65535 f\x20
0000000009 00000 n\x20
0000000052 00000 n\x20
0000000101 00000 n\x20
trailer<</Size 4/Root 1 0 R>>
startxref
164
%%EOF
`);

/* An archive of stored entries: [[name, bytes]]. */
export function zip(entries) {
  const locals = [];
  const central = [];
  let offset = 0;

  for (const [name, bytes] of entries) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(bytes.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), fields,
      Buffer.from(name), bytes]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), fields, tail,
      Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('504b0506', 'hex');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

export const docxType =
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/* As Word writes it: the main part is word/document.xml. */
export const docx = zip([
  ['[Content_Types].xml', Buffer.from(`<?xml version="1.0"?><Types
 xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override
 PartName="/word/document.xml" ContentType="${docxType}.main+xml"/></Types>`)],
  ['_rels/.rels', Buffer.from('<?xml version="1.0"?><Relationships/>')],
  ['word/document.xml', Buffer.from('<?xml version="1.0"?><w:document/>')]]);

export const xlsx = zip([
  ['[Content_Types].xml', Buffer.from('<?xml version="1.0"?><Types/>')],
  ['_rels/.rels', Buffer.from('<?xml version="1.0"?><Relationships/>')],
  ['xl/workbook.xml', Buffer.from('<?xml version="1.0"?><workbook/>')]]);

export const odtType = 'application/vnd.oasis.opendocument.text';
export const odt = zip([['mimetype', Buffer.from(odtType)],
  ['content.xml', Buffer.from('<?xml version="1.0"?><office:document-content/>')]]);

/* [name, media type, bytes] of all that is taken. */
export const accepted = [
  ['bild.jpg', 'image/jpeg', jpeg],
  ['bild.png', 'image/png', png()],
  ['bild.webp', 'image/webp', webp],
  ['bild.heic', 'image/heic', heic],
  ['brev.pdf', 'application/pdf', pdf],
  ['brev.txt', 'text/plain', Buffer.from('Hej på dig, hälsar Åsa\n')],
  ['brev.docx', docxType, docx],
  ['brev.odt', odtType, odt],
];
