declare module "virtual:licences" {
  const all: {
    libraries: { name: string; version: string; licence: string; texts: number[] }[];
    texts: string[];
  };
  export default all;
}
