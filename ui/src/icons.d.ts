declare module "virtual:icons" {
  const drawings: Record<string, [string, Record<string, string>][]>;
  export default drawings;
}
