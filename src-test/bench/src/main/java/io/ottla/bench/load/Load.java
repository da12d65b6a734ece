package io.ottla.bench.load;

import io.ottla.bench.os.UsageMeter.Processes;

/** Work that is done once, in the client process, by the thread that calls. */
interface Load {
    /** Does the work to its end; nothing runs any more when this returns or throws. */
    LoadResult run(Processes processes) throws Exception;
}
