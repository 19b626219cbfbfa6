throw new Error("This function does not boot");
