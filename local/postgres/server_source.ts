/** Where a kind of server comes from, and what a private copy of it looks like. */
export interface ServerSource {
  /** Changes whenever the copy would. */
  readonly version: string;
  /** Paths inside the copy, relative to its folder. */
  readonly binPath: string;
  readonly extensionPath: string;
  /** Fills an empty folder with the server and pgTAP. */
  copyTo(folder: string): Promise<void>;
}
