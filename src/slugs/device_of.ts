/**
 * The device that an option or a field names, in any of the accepted forms.
 *
 * @module
 */
import { typeError } from "./_rules.ts";
import { ArchFxDeviceSlug } from "./device_slug.ts";

/**
 * Makes a device slug from an id, a text or a slug.
 *
 * @throws {SlugError} If it is not a device slug.
 * @throws {TypeError} If it is of another type.
 */
export function deviceOf(device: unknown): ArchFxDeviceSlug {
  switch (typeof device) {
    case "string":
    case "number":
    case "bigint":
      return new ArchFxDeviceSlug(device);
    default:
      if (device instanceof ArchFxDeviceSlug) return device;
      throw typeError(device, "a device slug", "a number, a bigint, text or an ArchFxDeviceSlug");
  }
}
