-- Job 7 fails; the others return what a report must escape.
if job.params.k == 7 then error("<b>it</b> & broke") end
return { score = -job.params.k * 1.5, note = "</script>" .. job.params.k, nan = 0/0 }
