// What a site of files does in the reader's browser where the served atlas asks its server.
if (document.getElementById("found-here")) import("./site-search.js");
if (document.getElementById("answered")) import("./site-sparql.js");
