export declare function runtimeFault(version: string): string | undefined;
